// Fields that belong to one mode of the policy are shown only with it.
import { all, shown } from "./dom";

export function wireModes(): void {
  const radios = all<HTMLInputElement>("[data-modes] input[name=mode]");
  const update = (): void => {
    const mode = radios.find((radio) => radio.checked)?.value ?? "off";
    for (const field of all("[data-for-mode]")) shown(field, (field.dataset["forMode"] ?? "").split(" ").includes(mode));
  };
  for (const radio of radios) radio.addEventListener("change", update);
  update();
}
