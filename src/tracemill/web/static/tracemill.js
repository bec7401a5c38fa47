// What the pages do beyond plain HTML: more rows when the end comes into view, filters that
// apply themselves, and keys. Without it everything still works, with a click more.

const fragmentHeaders = { "X-Fragment": "1" };

async function loadMore(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "1";
  const answer = await fetch(link.href, { headers: fragmentHeaders });
  if (!answer.ok) return delete link.dataset.busy;
  const holder = link.closest(".more");
  const template = document.createElement("template");
  template.innerHTML = await answer.text(); // escaped by the server, scripts barred by the policy
  const next = template.content.querySelector("[data-load]");
  holder.replaceWith(template.content);
  if (next) watcher.observe(next);
}

const watcher = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      loadMore(target);
    }
  },
  { rootMargin: "600px" },
);
document.querySelectorAll("[data-load]").forEach((link) => watcher.observe(link));

for (const form of document.querySelectorAll("form[data-auto]")) {
  let waiting;
  const apply = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    location.search = asked;
  };
  form.addEventListener("change", (event) => event.target.matches("select") && apply());
  form.addEventListener("input", (event) => {
    if (!event.target.matches("input")) return;
    clearTimeout(waiting);
    waiting = setTimeout(apply, 400);
  });
}

// A form that is answered in its place: the next piece of work is there without a new page.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("inPlace" in form.dataset)) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "post", body }).catch(() => null);
  if (!answer) return form.submit(); // the browser says what is wrong
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = shown.querySelector("main");
  if (!main) return location.assign("/review");
  document.querySelector("main").replaceWith(main);
  document.title = shown.title;
  history.pushState(null, "", answer.url);
  scrollTo(0, 0);
  main.focus();
});
addEventListener("popstate", () => location.reload());

// What a person says of a step is kept, and shown where it was said.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("mark" in form.dataset)) return;
  event.preventDefault();
  const said = event.submitter;
  const body = new URLSearchParams(new FormData(form, said));
  const answer = await fetch(form.action, { method: "post", body, headers: fragmentHeaders }).catch(() => null);
  if (!answer?.ok) return form.classList.add("not-kept");
  const place = form.parentElement;
  const isHere = place.contains(document.activeElement);
  place.innerHTML = await answer.text(); // escaped by the server, scripts barred by the policy
  if (isHere) place.querySelector(`.${said.className}`).focus();
});

function stepOf(element) {
  return element.closest(".step");
}

function walk(by) {
  const steps = [...document.querySelectorAll(".step")];
  const next = steps[Math.max(0, steps.indexOf(stepOf(document.activeElement)) + by)];
  next?.focus();
  next?.scrollIntoView({ block: "start" });
}

const stepKeys = {
  j: () => walk(1),
  k: () => walk(-1),
  r: () => stepOf(document.activeElement)?.querySelector(".mark-step .right")?.click(),
  w: () => stepOf(document.activeElement)?.querySelector(".mark-step .wrong")?.click(),
};

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("form.form");
    if (form) form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !isTyping(event.target)) {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "Enter" && event.target.matches("a, button, summary")) return; // it has its own
  if (document.querySelector(".step") && event.key in stepKeys) return stepKeys[event.key]();
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});
