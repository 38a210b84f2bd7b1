document.querySelector("#editor")?.append("Loading…");
