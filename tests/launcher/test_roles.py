# SPDX-License-Identifier: MulanPSL-2.0
"""The SQL for an administrator."""

from launcher.roles import quiet_sql, roles_sql, sql_for_administrator

PASSWORDS = {"linli_owner": "o'wner", "linli_app": "a", "linli_report": "r"}


def test_no_role_may_pass_the_fences_by_its_own_rights() -> None:
    sql = roles_sql(PASSWORDS)

    assert sql.count("NOSUPERUSER") == 3
    assert sql.count("NOBYPASSRLS") == 3
    assert "PASSWORD 'o''wner'" in sql


def test_each_printing_has_passwords_of_its_own_and_the_variables_that_go_with_them() -> None:
    first, second = sql_for_administrator(), sql_for_administrator()

    assert first != second
    for variable in ("LINLI_DATABASE_URL", "LINLI_DATABASE_OWNER_URL", "LINLI_DATABASE_REPORT_URL"):
        assert f"export {variable}=" in first


def test_errors_of_the_application_are_not_told_to_the_log_of_the_server() -> None:
    sql = quiet_sql()

    assert sql in sql_for_administrator()
    assert [role for role in ("linli_app", "linli_report") if f"ALTER ROLE {role} SET log_min_messages = 'log'" in sql] == ["linli_app", "linli_report"]
