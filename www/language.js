/**
 * The language of the person, as the browser says it, and its texts. English is in the Wasm; of every other
 * language a file lies beside each Wasm, with the texts that this one needs.
 */

/** The languages that have a file, by their primary subtags. */
export const LANGUAGES = ['de', 'es', 'fr', 'ja'];

/** The first of the person's languages that there are texts in. */
function wanted() {
  const subtags = navigator.languages.map((tag) => tag.split('-')[0]?.toLowerCase() ?? '');
  return subtags.find((subtag) => subtag === 'en' || LANGUAGES.includes(subtag)) ?? 'en';
}

/**
 * The language to speak, and the texts of its file; none for English.
 * @param {string} folder of the Wasm, ending in a slash
 * @returns {Promise<{language: string, texts: string}>}
 */
export async function spoken(folder) {
  const language = wanted();
  if (language === 'en') return { language, texts: '' };
  try {
    const answer = await fetch(`${folder}texts.${language}.txt`);
    if (answer.ok) return { language, texts: await answer.text() };
    console.warn(`The texts in the language ${language} are not there: status ${answer.status}.`);
  } catch (error) {
    console.warn(`The texts in the language ${language} did not arrive.`, error);
  }
  return { language: 'en', texts: '' };
}
