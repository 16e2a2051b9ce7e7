// Narrows a list of buttons while somebody types; the form's own button does the same without scripts:
//   <input data-filter-list="id-of-the-list"> … <form id="…"> <… data-group> <button data-text="words"> … <p data-none hidden>
for (const input of document.querySelectorAll("[data-filter-list]")) {
  const list = document.getElementById(input.dataset.filterList);
  const groups = [...list.querySelectorAll("[data-group]")];
  const wasOpen = new Map(groups.map((group) => [group, group.open]));

  const narrow = () => {
    const wanted = input.value.trim().toLowerCase();
    let found = 0;
    for (const group of groups) {
      let here = 0;
      for (const one of group.querySelectorAll("[data-text]")) {
        one.hidden = wanted !== "" && !one.dataset.text.toLowerCase().includes(wanted);
        here += one.hidden ? 0 : 1;
      }
      group.hidden = here === 0;
      if ("open" in group) group.open = wanted === "" ? wasOpen.get(group) : here > 0;
      found += here;
    }
    const none = list.querySelector("[data-none]");
    if (none) none.hidden = found > 0;
  };
  input.addEventListener("input", narrow);
}
