// Moves between the cells of a matrix with the arrow keys; without it, Tab goes through them in order.
//   <div data-arrows> tables whose cells hold one link each </div>
// Left and right stay on the floor and go on into the next doorway; up and down stay in the column.
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function lines(matrix) {
  const found = [];
  for (const table of matrix.querySelectorAll("table")) {
    [...table.rows].forEach((row, floor) => {
      found[floor] = (found[floor] ?? []).concat([...row.cells].filter((cell) => cell.tagName === "TD"));
    });
  }
  return found;
}

function neighbour(rows, from, [right, down]) {
  let floor = rows.findIndex((row) => row.includes(from));
  let column = rows[floor].indexOf(from);
  do {
    floor += down;
    column += right;
  } while (rows[floor]?.[column] && !rows[floor][column].querySelector("a"));
  return rows[floor]?.[column]?.querySelector("a");
}

for (const matrix of document.querySelectorAll("[data-arrows]")) {
  matrix.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(lines(matrix), cell, step);
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
}
