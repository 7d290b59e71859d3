// The rows of the slots, added and removed at once; without script the same buttons ask the server.
// The tools that add many rows ask the server too: here the page stays where it is.

const DAY = /^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})\s*$/;
const ISO_DAY = /^\s*(\d{4})-(\d{2})-(\d{2})\s*$/;
const NAME = /^slots-\d+-(\w+)$/;
const CONTROLS = "input[name^=slots-], select[name^=slots-]";

class SlotRows {
  constructor(place) {
    this.place = place;
    this.words = place.dataset;
    this.spoken = document.createElement("p");
    this.spoken.className = "visually-hidden";
    this.spoken.setAttribute("role", "status");
    place.after(this.spoken);

    place.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=remove]");
      if (!button) return;
      event.preventDefault();
      this.remove(button.closest(".slot-row"));
    });
    place.addEventListener("change", (event) => {
      if (event.target.matches("select[name$=-audience]")) this.mark(event.target.closest(".slot-row"));
    });
    const part = place.closest("[data-slots-part]");
    for (const button of part.querySelectorAll("button[name=add][value=blank], button[name=add][value=copy]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.add(button.value === "copy");
      });
    }
  }

  get rows() {
    return [...this.place.querySelectorAll(".slot-row")];
  }

  // Every row bears the number of its place in the list: names, ids, labels and words follow.
  number() {
    this.rows.forEach((row, index) => {
      const shown = index + 1;
      row.querySelector(".slot-number").textContent = this.words.legend.replace("{number}", shown);
      const button = row.querySelector("button[name=remove]");
      button.value = index;
      button.querySelector(".visually-hidden").textContent = this.words.remove.replace("{number}", shown);
      for (const control of row.querySelectorAll(CONTROLS)) {
        const label = row.querySelector(`label[for="${control.id}"]`);
        const error = row.querySelector(`[id="${control.id}-error"]`);
        control.name = control.id = `slots-${index}-${NAME.exec(control.name)[1]}`;
        if (label) label.htmlFor = control.id;
        if (error) {
          error.id = `${control.id}-error`;
          control.setAttribute("aria-describedby", `${error.id} slots-help`);
        }
      }
    });
  }

  control(row, name) {
    return row.querySelector(`[name^=slots-][name$="-${name}"]`);
  }

  clear(row) {
    row.classList.remove("field-invalid");
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    // Opening hours are added by their tool: a blank row is a session.
    row.querySelector(".slot-kind")?.remove();
    for (const control of row.querySelectorAll(CONTROLS)) {
      if (control.tagName === "SELECT") control.selectedIndex = 0;
      else control.value = "";
      control.classList.remove("is-invalid");
      control.removeAttribute("aria-invalid");
      if (control.type === "text") control.setAttribute("aria-describedby", "slots-help");
    }
    this.mark(row);
  }

  mark(row) {
    const audience = this.control(row, "audience");
    if (audience) row.classList.toggle("slot-row-schools", audience.value === "schools");
  }

  add(likeLast) {
    const last = this.rows.at(-1);
    const row = last.cloneNode(true);
    if (likeLast) {
      const values = [...last.querySelectorAll(CONTROLS)].map((control) => control.value);
      this.control(row, "id").value = "";
      row.querySelectorAll(CONTROLS).forEach((control, index) => {
        if (NAME.exec(control.name)[1] !== "id") control.value = values[index];
      });
      this.control(row, "day").value = dayAfter(this.control(last, "day").value);
    } else {
      this.clear(row);
    }
    last.after(row);
    this.number();
    this.control(row, "day").focus();
    this.spoken.textContent = this.words.added.replace("{number}", this.rows.length);
  }

  remove(row) {
    const rows = this.rows;
    const index = rows.indexOf(row);
    if (rows.length === 1) {
      this.clear(row);
      this.control(row, "day").focus();
    } else {
      row.remove();
      this.number();
      this.control(this.rows[Math.max(0, index - 1)], "day").focus();
    }
    this.spoken.textContent = this.words.removed;
  }
}

class Tools {
  constructor(part) {
    this.part = part;
    for (const tool of part.querySelectorAll("[data-tool]")) {
      const button = tool.querySelector("button[name=add]");
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.use(button);
      });
      // Here the Enter key means this tool, not the whole form.
      tool.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
        event.preventDefault();
        this.use(button);
      });
    }
  }

  async use(button) {
    if (this.isAsking) return;
    this.isAsking = true;
    this.part.setAttribute("aria-busy", "true");
    const form = button.form;
    const body = new URLSearchParams(new FormData(form));
    body.append(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-slots-part]");
      if (!answer.ok || !part) throw new Error(answer.statusText);
      this.part.replaceWith(document.adoptNode(part));
      begin(part);
      const wrong = part.querySelector(`[data-tool="${button.value}"] [aria-invalid]`);
      (wrong ?? part.querySelector("[data-slots-said]"))?.focus();
    } catch {
      // The page that the browser will show says what is wrong.
      this.isAsking = false;
      sendAs(form, button);
    }
  }
}

function sendAs(form, button) {
  const said = document.createElement("input");
  said.type = "hidden";
  said.name = button.name;
  said.value = button.value;
  form.append(said);
  form.submit();
}

function dayAfter(typed) {
  const french = DAY.exec(typed);
  const iso = ISO_DAY.exec(typed);
  if (!french && !iso) return "";
  const [day, month, year] = french ? french.slice(1).map(Number) : iso.slice(1).map(Number).reverse();
  const next = new Date(Date.UTC(year < 100 ? 2000 + year : year, month - 1, day + 1));
  const two = (number) => String(number).padStart(2, "0");
  return `${two(next.getUTCDate())}/${two(next.getUTCMonth() + 1)}/${next.getUTCFullYear()}`;
}

function begin(part) {
  for (const place of part.querySelectorAll("[data-slots]")) new SlotRows(place);
  new Tools(part);
}

for (const part of document.querySelectorAll("[data-slots-part]")) begin(part);
