// The matrix: folding, filtering, and going from cell to cell.

const grid = byID("grid");
grid.setAttribute("role", "grid");
const rows = [...grid.querySelectorAll("tbody.area tr:not(.fold)")].map((element) => ({
  element,
  body: element.parentElement,
  scenario: scenarioNumbers.get(element.querySelector("small").textContent),
  text: `${element.cells[0].textContent}\n${element.cells[0].title}`.toLowerCase(),
  level: element.dataset.level || "",
  origin: element.parentElement.dataset.origin,
  grades: data.columns.map((_, number) => element.cells[number + 1].className.slice(2)),
}));

const difference = () => state.d || (state.v === "differs" ? "kept" : "");
const isFiltered = () => ["q", "f", "g", "o", "l"].some((key) => state[key] !== "") || difference() !== "";

// Whether targets that could be asked did not all do alike.
function differs(grades, kind) {
  const told = grades.map((name) => gradeOf.get(name)).filter((grade) => grade && (grade.isFailure || grade.isSound));
  if (kind === "kept") return told.some((grade) => grade.isFailure) && told.some((grade) => grade.isSound);
  return new Set(told).size > 1;
}

function matches(row, words) {
  const own = state.f ? [row.grades[columnNumbers.get(state.f)]] : row.grades;
  return (!state.l || row.level === state.l) && (!state.o || row.origin === state.o)
    && (!state.g || own.includes(state.g))
    && (!state.f || (own[0] && (own[0] !== "unsupported" || state.g === "unsupported")))
    && (!difference() || differs(row.grades, difference()))
    && words.every((word) => row.text.includes(word));
}

function draw() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = isFiltered();
  grid.classList.toggle("narrowed", narrowed);
  const full = new Set();
  let count = 0;
  for (const row of rows) {
    const isShown = !narrowed || matches(row, words);
    row.element.hidden = !isShown;
    if (isShown) { count += 1; full.add(row.body); }
  }
  const origins = new Set();
  for (const body of grid.querySelectorAll("tbody.area")) {
    body.hidden = !full.has(body);
    if (!body.hidden) origins.add(body.dataset.origin);
    const button = body.querySelector("button");
    button.setAttribute("aria-expanded", String(narrowed || body.classList.contains("open")));
  }
  for (const body of grid.querySelectorAll("tbody.by")) body.hidden = !origins.has(body.dataset.origin);
  byID("nothing").hidden = count > 0;
  byID("shown").textContent = count === rows.length ? `${count} scenarios` : `${count} of ${rows.length} scenarios`;
  byID("filter").value = state.q;
  for (const [id, key] of Object.entries(selects)) byID(id).value = key === "d" ? difference() : state[key];
  const isAllOpen = !grid.querySelector("tbody.area:not(.open)");
  byID("unfold").setAttribute("aria-pressed", String(isAllOpen));
  byID("unfold").textContent = isAllOpen ? "Fold all" : "Unfold all";
}

function changed() {
  writeHash();
  draw();
}

function fold(body) {
  body.classList.toggle("open");
  draw();
}

// MARK: Cells

const rowOf = new Map(rows.map((row) => [row.element, row]));

// What stands behind a cell's sign, in words.
function cellWords(cell) {
  const line = cell.parentElement;
  const number = cell.cellIndex - 1;
  const column = data.columns[number];
  if (!column) return "";
  const lines = line.classList.contains("fold")
    ? rows.filter((row) => row.body === line.parentElement) : [rowOf.get(line)];
  const counts = new Map();
  for (const row of lines) {
    for (const result of results(row.scenario, number) || []) {
      if (result) counts.set(result.grade, (counts.get(result.grade) || 0) + 1);
    }
  }
  const words = [...counts].sort(([one], [other]) => one.severity - other.severity)
    .map(([grade, count]) => `${count} ${grade.label}`);
  return `${column.title} ${column.version}: ${words.join(", ") || "not asked"}`;
}

function describe(cell) {
  if (cell.tagName !== "TD" || cell.title) return;
  const words = cellWords(cell);
  if (!words) return;
  cell.title = words;
  cell.setAttribute("aria-label", words);
}

let focused = null;
function focusCell(cell) {
  if (focused) focused.tabIndex = -1;
  focused = cell;
  cell.tabIndex = 0;
  describe(cell);
  cell.focus();
}

function activate(cell) {
  const line = cell.parentElement;
  if (line.classList.contains("fold")) fold(line.parentElement);
  else if (rowOf.has(line)) openScenario(rowOf.get(line).scenario, cell.cellIndex - 1);
}

function move(cell, down, right) {
  const lines = [...grid.querySelectorAll("tbody.area tr")].filter((line) => line.offsetParent !== null);
  const at = lines.indexOf(cell.parentElement);
  const line = lines[Math.max(0, Math.min(lines.length - 1, at + down))];
  const column = Math.max(0, Math.min(data.columns.length, cell.cellIndex + right));
  focusCell(line.cells[column]);
}

const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };

grid.addEventListener("keydown", (event) => {
  const cell = event.target.closest("tbody.area td, tbody.area th");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  if (moves[event.key]) move(cell, ...moves[event.key]);
  else if (event.key === "Enter" || event.key === " ") activate(cell);
  else return;
  event.preventDefault();
});
grid.addEventListener("click", (event) => {
  const cell = event.target.closest("tbody.area td, tbody.area th");
  if (!cell || cell.classList.contains("absent")) return;
  focusCell(cell);
  activate(cell);
});
grid.addEventListener("mouseover", (event) => {
  const cell = event.target.closest("tbody.area td");
  if (cell) describe(cell);
});
const first = grid.querySelector("tbody.area th");
if (first) { first.tabIndex = 0; focused = first; }
