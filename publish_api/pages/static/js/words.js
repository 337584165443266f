// Our words in the language of the page. English is what the modules say themselves; another language's sentences are a
// module, made of its catalogue by publish_api/tongue.py, which is here before any module that says something begins.
// Written as there: _("Goes on from %(time)s.", { time }), ngettext("%(num)s clip", "%(num)s clips", n).
export const language = document.documentElement.lang || "en";

const said = language === "en" ? {} : await import(`../words/${language}.js`).then((words) => words.default, () => ({}));
const rules = new Intl.PluralRules(language);
// gettext's order of plural forms is that of these names.
const FORMS = ["zero", "one", "two", "few", "many", "other"].filter((form) => rules.resolvedOptions().pluralCategories.includes(form));

export const _ = (sentence, values) => filled(said[sentence] ?? sentence, values);

export function ngettext(one, many, num, values) {
  const form = said[one]?.[FORMS.indexOf(rules.select(num))] ?? (num === 1 ? one : many);
  return filled(form, { num, ...values });
}

const filled = (sentence, values) => (values ? sentence.replace(/%\((\w+)\)[sd]/g, (_, name) => values[name]) : sentence);

// A moment as people of that language write it, in digits of clocks.
export const moment = (date, how) => new Date(date).toLocaleString(language === "en" ? "en-GB" : `${language}-u-nu-latn`, how);
