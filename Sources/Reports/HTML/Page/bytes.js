"use strict";

// Makes an element. Text is always set as text, never parsed: reports quote what peers sent.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

const bytesFromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const hexadecimal = (value, width) => value.toString(16).padStart(width, "0");

// Bytes in hexadecimal with their text beside them, and the cells of the bytes.
function dump(bytes, perRow, classOf) {
  const hex = make("div", { class: "hex", tabindex: "0", role: "group", "aria-label": `${bytes.length} bytes and their text` });
  const cells = [];
  for (let start = 0; start < bytes.length; start += perRow) {
    const row = make("div", {}, make("span", { class: "off" }, hexadecimal(start, 4) + "  "));
    let text = "  ";
    for (let at = start; at < start + perRow; at += 1) {
      if (at >= bytes.length) {
        row.append(make("i", {}, "\u00a0\u00a0"));
        continue;
      }
      const cell = make("i", { class: classOf(at), "data-at": at }, hexadecimal(bytes[at], 2));
      cells.push(cell);
      row.append(cell);
      text += bytes[at] >= 0x20 && bytes[at] < 0x7f ? String.fromCharCode(bytes[at]) : "·";
    }
    row.append(make("span", { class: "ascii" }, text));
    hex.append(row);
  }
  return { hex, cells };
}

// What came on a lane: title, bytes and how many there were in all.
function dumpView([title, bytes, count], string) {
  const shown = bytesFromBase64(bytes);
  const more = count > shown.length ? `, the first ${shown.length} of ${count} bytes` : `, ${count} bytes`;
  return make("figure", { class: "dump" }, make("figcaption", {}, string(title) + more), dump(shown, 8, () => "").hex);
}

// A first flight with its fields: pointing at either side shows the other.
function helloView(hello, string) {
  const bytes = bytesFromBase64(hello.b);
  const fields = hello.f.map(([name, start, length, value, depth]) =>
    ({ name: string(name), start, end: start + length, value: string(value), depth }));

  // The innermost field of each byte is the shortest that holds it.
  const owner = new Array(bytes.length).fill(-1);
  const longestFirst = [...fields.keys()].sort((one, other) =>
    (fields[other].end - fields[other].start) - (fields[one].end - fields[one].start));
  for (const index of longestFirst) owner.fill(index, fields[index].start, fields[index].end);

  const list = make("div", { class: "fields" });
  const buttons = fields.map((field) => {
    const wrong = field.name.startsWith("malformed");
    return make("button", {
      type: "button", class: `d${Math.min(field.depth, 5)}${wrong ? " wrong" : ""}`,
      title: `bytes ${field.start} to ${Math.max(field.start, field.end - 1)}`,
    }, field.name, field.value && make("span", {}, field.value));
  });
  list.append(...buttons);

  const perRow = window.matchMedia("(max-width: 720px)").matches ? 8 : 16;
  const { hex, cells } = dump(bytes, perRow, (at) => (owner[at] < 0 ? "" : `h${owner[at] % 6}`));

  let shown = -1;
  function show(index, { scrollBytes = false, scrollFields = false } = {}) {
    if (index === shown) return;
    if (shown >= 0) {
      buttons[shown].classList.remove("hit");
      cells.slice(fields[shown].start, fields[shown].end).forEach((cell) => cell.classList.remove("hit"));
    }
    shown = index;
    if (index < 0) return;
    const field = fields[index];
    buttons[index].classList.add("hit");
    cells.slice(field.start, field.end).forEach((cell) => cell.classList.add("hit"));
    if (scrollBytes && cells[field.start]) reveal(hex, cells[field.start].parentElement);
    if (scrollFields) reveal(list, buttons[index]);
  }
  function reveal(container, element) {
    const top = element.offsetTop - container.offsetTop;
    if (top < container.scrollTop || top > container.scrollTop + container.clientHeight - 24) {
      container.scrollTop = Math.max(0, top - container.clientHeight / 3);
    }
  }
  buttons.forEach((button, index) => {
    button.addEventListener("mouseenter", () => show(index, { scrollBytes: true }));
    button.addEventListener("focus", () => show(index, { scrollBytes: true }));
    button.addEventListener("click", () => show(index, { scrollBytes: true }));
  });
  hex.addEventListener("mouseover", (event) => {
    const at = event.target.dataset.at;
    if (at !== undefined) show(owner[Number(at)], { scrollFields: true });
  });
  const name = fields.findIndex((field) => field.name.startsWith("malformed"));
  const first = name >= 0 ? name : fields.findIndex((field) => field.name.startsWith("server_name"));
  if (first >= 0) queueMicrotask(() => show(first, { scrollBytes: true, scrollFields: true }));

  const note = hello.l > 0
    ? make("p", { class: "note" }, `${hello.l} more bytes of the first flight are not shown; run.json has them.`)
    : null;
  return make("div", {}, make("div", { class: "hello" }, list, hex), note);
}
