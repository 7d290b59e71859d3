// The rows of the slots, added and removed at once; without script the same buttons ask the server.

const DAY = /^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})\s*$/;
const ISO_DAY = /^\s*(\d{4})-(\d{2})-(\d{2})\s*$/;
const NAMES = ["id", "day", "starts", "ends", "capacity"];

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
    for (const button of place.closest("form").querySelectorAll("button[name=add]")) {
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
      row.querySelector("legend").textContent = this.words.legend.replace("{number}", shown);
      const button = row.querySelector("button[name=remove]");
      button.value = index;
      button.querySelector(".visually-hidden").textContent = this.words.remove.replace("{number}", shown);
      for (const name of NAMES) {
        const input = row.querySelector(`input[name$="-${name}"]`);
        const label = row.querySelector(`label[for="${input.id}"]`);
        const error = row.querySelector(`[id="${input.id}-error"]`);
        input.name = input.id = `slots-${index}-${name}`;
        if (label) label.htmlFor = input.id;
        if (error) {
          error.id = `${input.id}-error`;
          input.setAttribute("aria-describedby", `${error.id} slots-help`);
        }
      }
    });
  }

  input(row, name) {
    return row.querySelector(`input[name$="-${name}"]`);
  }

  clear(row) {
    row.classList.remove("field-invalid");
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    for (const name of NAMES) {
      const input = this.input(row, name);
      input.value = "";
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
      if (name !== "id") input.setAttribute("aria-describedby", "slots-help");
    }
  }

  add(likeLast) {
    const last = this.rows.at(-1);
    const row = last.cloneNode(true);
    this.clear(row);
    if (likeLast) {
      for (const name of ["starts", "ends", "capacity"]) this.input(row, name).value = this.input(last, name).value;
      this.input(row, "day").value = dayAfter(this.input(last, "day").value);
    }
    last.after(row);
    this.number();
    this.input(row, "day").focus();
    this.spoken.textContent = this.words.added.replace("{number}", this.rows.length);
  }

  remove(row) {
    const rows = this.rows;
    const index = rows.indexOf(row);
    if (rows.length === 1) {
      this.clear(row);
      this.input(row, "day").focus();
    } else {
      row.remove();
      this.number();
      this.input(this.rows[Math.max(0, index - 1)], "day").focus();
    }
    this.spoken.textContent = this.words.removed;
  }
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

for (const place of document.querySelectorAll("[data-slots]")) new SlotRows(place);
