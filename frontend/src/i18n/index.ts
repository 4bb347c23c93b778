import { createI18n, type Composer } from 'vue-i18n'
import zhCN from './zh-CN'

/** The languages of the web app; Chinese is the source. */
export const locales = ['zh-CN', 'en'] as const
export type Locale = (typeof locales)[number]

const storageKey = 'cq.locale'

export const i18n = createI18n({
  legacy: false as const,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN },
  // A message is missing only between two commits; the parity test sees to it.
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

/** The messages outside of components, where there is no useI18n. */
export const composer = i18n.global as unknown as Composer

/** The reader's language as public/theme.js found it before the first paint: chosen before, else the browser's. */
export function preferredLocale(): Locale {
  return locales.find((locale) => locale === document.documentElement.lang) ?? 'zh-CN'
}

/** Switches the language: loads its messages, sets <html lang> and remembers the choice when asked. */
export async function setLocale(locale: Locale, remember = true): Promise<void> {
  if (!composer.availableLocales.includes(locale)) {
    composer.setLocaleMessage(locale, (await import('./en')).default)
  }
  composer.locale.value = locale
  document.documentElement.lang = locale
  if (!remember) return
  try {
    localStorage.setItem(storageKey, locale)
  } catch {
    // Without storage the choice lasts for this visit.
  }
}
