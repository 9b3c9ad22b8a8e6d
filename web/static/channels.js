// Writing to a customer from a ticket: fills templates in, counts the parts of a text message, shows what a channel needs.
const GSM = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const GSM_TWICE = new Set("\f^{}\\[~]|€");
const LINK = "{link}";

/** Places and parts of a text message, as channels/policy.py counts them. */
function partsOf(text) {
  const chars = [...text];
  const wide = chars.some((char) => !GSM.has(char) && !GSM_TWICE.has(char));
  const sizes = chars.map((char) => (wide ? char.length : GSM_TWICE.has(char) ? 2 : 1));
  const [one, each] = wide ? [70, 67] : [160, 153];
  const places = sizes.reduce((sum, size) => sum + size, 0);
  if (places <= one) return { places, parts: 1 };
  let parts = 1, left = each;
  for (const size of sizes) {
    if (size > left) { parts += 1; left = each; }
    left -= size;
  }
  return { places, parts };
}

/** One form. */
class MessageForm {
  constructor(form) {
    this.form = form;
    this.channel = form.elements.channel;
    this.template = form.elements.template;
    this.text = form.elements.text;
    this.count = form.querySelector("[data-of=parts]");
    this.explained = this.count?.textContent;
    this.filled = this.text.value;
    form.querySelector("[name=fill]").remove(); // Enter in a field sends the message
    this.channel.addEventListener("change", () => { this.take(); this.show(); });
    this.template.addEventListener("change", () => { this.fill(); this.show(); });
    form.addEventListener("input", () => this.show());
    this.show();
  }

  get chosen() { return this.channel.selectedOptions[0]; }

  /** The address that is known for the channel. */
  take() { this.form.elements.address.value = this.chosen.dataset.address ?? ""; }

  /** A template takes the place of words that nobody has typed. */
  fill() {
    const option = this.template.selectedOptions[0];
    if (!option.value || (this.text.value.trim() && this.text.value !== this.filled)) return;
    this.text.value = this.filled = option.dataset.text;
    this.form.elements.subject.value = option.dataset.subject;
    const kind = this.text.value.includes(LINK) ? (option.value === "document" ? "document" : "site") : "";
    const radio = this.form.querySelector(`[name=link][value="${kind}"]`);
    if (radio) radio.checked = true;
    this.text.focus();
  }

  show() {
    const has = (name) => name in this.chosen.dataset;
    this.part("address", has("takesAddress"));
    this.part("subject", has("subject"));
    this.part("agreed", has("consent"));
    this.part("parts", has("parts"));
    if (this.count && has("parts")) this.tell();
  }

  part(name, shown) {
    const box = this.form.querySelector(`[data-of=${name}]`);
    if (box) box.hidden = !shown && !box.querySelector(".fault");
  }

  tell() {
    const { linkLength, mostParts, count } = this.form.dataset;
    const link = this.form.querySelector("[name=link]:checked")?.value;
    const stand = "x".repeat(Number(linkLength));
    let text = this.text.value.trim();
    if (text.includes(LINK)) text = text.replaceAll(LINK, stand);
    else if (link) text = `${text} ${stand}`;
    const { places, parts } = partsOf(text);
    const words = { n: places, parts, most: mostParts };
    this.count.textContent = text ? count.replace(/\{(\w+)\}/g, (_, name) => words[name]) : this.explained;
    this.count.classList.toggle("fault", parts > Number(mostParts));
  }
}

document.querySelectorAll("form[data-message]").forEach((form) => new MessageForm(form));
