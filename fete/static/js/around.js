// « Autour de moi »: the position is asked for on a click, rounded to about a kilometre before it goes anywhere.

for (const around of document.querySelectorAll("[data-around]")) {
  const button = around.querySelector("button");
  const told = around.querySelector("[role=status]");
  const form = around.closest("form");
  if (!("geolocation" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    told.textContent = around.dataset.aroundAsking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const field = form.elements.namedItem("pres") ?? document.createElement("input");
        field.type = "hidden";
        field.name = "pres";
        field.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        around.append(field);
        form.requestSubmit();
      },
      () => {
        told.textContent = around.dataset.aroundRefused;
      },
      { maximumAge: 300_000, timeout: 15_000 },
    );
  });
}
