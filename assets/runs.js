// The table of runs: sorted by a click on a heading, filtered by words, chosen by a tick. pages/ui/runs_table.py mounts it.
//
// The rows come as one message of bytes; the ids of the chosen ones go back. What a person types and sorts stays here.

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function order(one, other) {
  if (one === other) return 0;
  if (one === null || one === undefined) return 1;
  if (other === null || other === undefined) return -1;
  return one < other ? -1 : 1;
}

class Table {
  constructor(root, send, ask) {
    this.root = root;
    this.send = send;
    this.ask = ask;
    this.words = "";
    this.sort = null; // { column, falling }
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("keydown", (event) => {
      if (event.target.matches("th") && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        this.clicked(event);
      }
    });
    root.addEventListener("change", (event) => this.ticked(event));
    root.addEventListener("input", (event) => {
      if (!event.target.matches("[type=search]")) return;
      this.words = event.target.value;
      this.body();
      this.look(400);
    });
  }

  receive(bytes) {
    const text = new TextDecoder().decode(bytes);
    if (text === this.text) return;
    this.text = text;
    this.content = JSON.parse(text);
    const { labels } = this.content;
    if (!this.root.querySelector("table")) {
      this.root.innerHTML =
        `<input type="search" placeholder="${escape(labels.filter)}" aria-label="${escape(labels.filter)}">` +
        `<div class="ae-table"><table><thead></thead><tbody></tbody></table></div><small class="ae-rest"></small>`;
    }
    this.root.querySelector(".ae-rest").textContent = labels.more;
    this.head();
    this.body();
  }

  head() {
    const cells = this.content.columns.map((column, place) => {
      const mine = this.sort?.column === column.name;
      const state = mine ? (this.sort.falling ? "descending" : "ascending") : "none";
      const arrow = mine ? (this.sort.falling ? " ↓" : " ↑") : "";
      const unit = column.unit ? `<br><small>${escape(column.unit)}</small>` : "";
      return `<th class="${column.number ? "ae-right" : ""}" tabindex="0" data-place="${place}" aria-sort="${state}" title="${escape(column.help)}">${escape(column.title)}${arrow}${unit}</th>`;
    });
    this.root.querySelector("thead").innerHTML = `<tr><th></th>${cells.join("")}</tr>`;
  }

  body() {
    const { columns, rows, chosen, labels } = this.content;
    const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (row) => Object.values(row.cells).filter((cell) => cell !== null).join(" ").toLowerCase();
    // The app, asked about all runs, looks at more settings than have a column here: what it found stays.
    const found = this.content.partial && this.content.words === words.join(" ");
    let shown = found ? rows : rows.filter((row) => words.every((word) => text(row).includes(word)));
    if (this.sort) {
      const { column, falling } = this.sort;
      shown = [...shown].sort((one, other) => {
        const way = order(one.values[column], other.values[column]);
        const missing = one.values[column] === null || other.values[column] === null;
        return falling && !missing ? -way : way;
      });
    }
    const full = chosen.length >= this.content.most;
    const lines = shown.map((row) => {
      const cells = columns.map((column) => {
        const cell = row.cells[column.name] ?? "–";
        const classes = [column.number ? "ae-right" : "", row.marked.includes(column.name) ? "ae-differs" : "", row.best.includes(column.name) ? "ae-best" : ""];
        return `<td class="${classes.join(" ").trim()}">${escape(cell)}</td>`;
      });
      const state = chosen.includes(row.id) ? "checked" : full ? `disabled title="${escape(labels.full)}"` : "";
      const tick = `<input type="checkbox" data-id="${escape(row.id)}" aria-label="${escape(labels.choose)} ${escape(row.name)}" ${state}>`;
      return `<tr><td>${tick}</td>${cells.join("")}</tr>`;
    });
    const none = `<tr><td></td><td colspan="${columns.length}">${escape(labels.none)}</td></tr>`;
    this.root.querySelector("tbody").innerHTML = lines.join("") || none;
  }

  clicked(event) {
    const head = event.target.closest("th[data-place]");
    if (!head) return;
    const { name } = this.content.columns[Number(head.dataset.place)];
    const same = this.sort?.column === name;
    this.sort = same && this.sort.falling ? null : { column: name, falling: same };
    this.head();
    this.body();
    this.look(0);
    this.root.querySelector(`th[data-place="${head.dataset.place}"]`).focus();
  }

  /** Where not all runs are here, has the app look for those that are wanted. */
  look(milliseconds) {
    clearTimeout(this.waiting);
    if (!this.content.partial) return;
    const wanted = JSON.stringify([this.words, this.sort?.column ?? "", this.sort?.falling ?? false]);
    this.waiting = setTimeout(() => this.ask(wanted), milliseconds);
  }

  ticked(event) {
    const id = event.target.dataset.id;
    if (!id) return;
    const chosen = this.content.chosen.filter((one) => one !== id);
    if (event.target.checked) chosen.push(id);
    this.content.chosen = chosen;
    this.body();
    this.root.querySelector(`[data-id="${id}"]`)?.focus();
    this.send(chosen);
  }
}

const tables = new WeakMap();

export default function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".ae-runs");
  if (!tables.has(root)) tables.set(root, new Table(root, (chosen) => setStateValue("chosen", chosen.join(" ")), (wanted) => setStateValue("asked", wanted)));
  if (data?.length) tables.get(root).receive(data);
}
