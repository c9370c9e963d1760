"use strict";
// Conveniences only: the page reads the same without them.

// A link into a closed block opens it.
function reveal() {
  let target = null;
  try {
    target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return;
  }
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest ? event.target.closest('a[href^="#"]') : null;
  if (link && link.getAttribute("href") === location.hash) reveal();
});
reveal();

// A click on a head sorts; a second one turns the order round. Empty cells stay last.
function value(cell) {
  if (!cell) return null;
  const text = cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
  const number = Number(text.replace(/,/g, ""));
  if (text === "" || text === "–") return null;
  return Number.isNaN(number) ? text.toLowerCase() : number;
}
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === typeof b) return sign * (a < b ? -1 : a > b ? 1 : 0);
  return sign * (typeof a === "number" ? -1 : 1);
}
for (const table of document.querySelectorAll("table.sort")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const body = table.tBodies[0];
      const keyed = [...body.rows].map((row) => [value(row.cells[column]), row]);
      keyed.sort((a, b) => compare(a[0], b[0], sign));
      body.append(...keyed.map((pair) => pair[1]));
    });
  });
}

// A field above long tables keeps the rows that contain every word typed.
for (const table of document.querySelectorAll("table.filter")) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  label.className = "tool";
  input.type = "search";
  label.append("Keep rows with ", input, " ", count);
  table.parentElement.before(label);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    count.textContent = words.length ? `${shown} of ${table.tBodies[0].rows.length}` : "";
  });
}
