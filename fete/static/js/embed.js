// The preview and the line follow what is chosen; without script, a button does.

const form = document.getElementById("choix");
const news = document.getElementById("nouvelles");
let asked = 0;

form.addEventListener("change", async () => {
  const mine = ++asked;
  const answer = await fetch(`${form.action.split("#")[0]}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
  // A slower answer to an earlier choice comes too late; a choice that cannot be (400) is told beside what is nearest.
  if (!(answer?.ok || answer?.status === 400) || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("resultat").replaceWith(page.getElementById("resultat"));
  const error = page.querySelector(".error-summary li");
  news.textContent = "";
  setTimeout(() => (news.textContent = error?.textContent.trim() ?? news.dataset.changed), 100);
});
