// The commune field as a combobox (ARIA 1.2): suggestions while typing, the choice kept by its official code.

const PAUSE = 180;
const SHORTEST = 2;

class CommuneBox {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector("input[type=text]");
    this.code = this.hiddenCode();
    this.suggestions = [];
    this.active = -1;

    this.list = document.createElement("ul");
    this.list.id = `${this.input.id}-list`;
    this.list.className = "commune-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-labelledby", `${this.input.id}-label`);
    this.list.hidden = true;

    this.spoken = document.createElement("p");
    this.spoken.className = "visually-hidden";
    this.spoken.setAttribute("role", "status");
    this.input.after(this.list, this.spoken);

    const state = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(state)) this.input.setAttribute(name, value);

    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    // The press must not take the focus from the field, else the list closes before the choice.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  hiddenCode() {
    const name = `${this.input.name}_code`;
    const found = this.field.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
    if (found) return found;
    const made = document.createElement("input");
    made.type = "hidden";
    made.name = name;
    made.disabled = true; // the radio buttons speak until something is typed
    this.field.append(made);
    return made;
  }

  typed() {
    this.field.querySelector(".commune-candidates")?.remove();
    this.code.disabled = false;
    this.code.value = "";
    clearTimeout(this.timer);
    this.asked?.abort();
    const text = this.input.value.trim();
    if (text.length < SHORTEST) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    this.asked = new AbortController();
    const address = new URL(this.field.dataset.commune, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // Cut off or superseded: the field goes on as a plain one, the server will find the commune.
      this.close();
    }
  }

  show(suggestions) {
    this.suggestions = suggestions;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...suggestions.map((commune, index) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = commune.label;
        return option;
      }),
    );
    this.list.hidden = suggestions.length === 0;
    this.input.setAttribute("aria-expanded", String(suggestions.length > 0));
    const { none, one, many } = this.field.dataset;
    const words = [none, one][suggestions.length] ?? many;
    this.spoken.textContent = words.replace("{count}", suggestions.length);
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const count = this.suggestions.length;
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    [...this.list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.active));
    });
    const option = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  choose(index) {
    const commune = this.suggestions[index];
    this.input.value = commune.label;
    this.code.disabled = false;
    this.code.value = commune.code;
    this.spoken.textContent = commune.label;
    this.close();
  }

  pressed(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.suggestions.length) return;
      event.preventDefault();
      if (!open) {
        this.list.hidden = false;
        this.input.setAttribute("aria-expanded", "true");
      }
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    }
  }
}

for (const field of document.querySelectorAll("[data-commune]")) new CommuneBox(field);
