import { inject, provide, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

/** One text in Chinese and English; at least one of them: the API's `Text`. */
export interface LocalText {
  zh?: string
  en?: string
}

/** The text in the reader's language, else in the other, with the language it is in. */
export function pickText(text: LocalText | undefined, locale: string): { text: string; lang: 'zh-CN' | 'en' } {
  const zh = text?.zh?.trim() ?? ''
  const en = text?.en?.trim() ?? ''
  const chinese = locale.startsWith('zh') ? zh !== '' || en === '' : en === ''
  return chinese ? { text: zh, lang: 'zh-CN' } : { text: en, lang: 'en' }
}

/** A text in both its languages, where it is compared with another. */
export function bothTexts(text: LocalText | undefined): string {
  return [text?.zh?.trim(), text?.en?.trim()].filter(Boolean).join(' / ')
}

const bothLanguages: InjectionKey<boolean> = Symbol('texts in both languages')

/** Has the texts below shown in both their languages, for those who check that they say the same. */
export function provideBothLanguages(): void {
  provide(bothLanguages, true)
}

export function useBothLanguages(): boolean {
  return inject(bothLanguages, false)
}

const textLanguage: InjectionKey<Ref<string>> = Symbol('the language of texts')

/** Has all texts below read in a language of its own instead of the page's. */
export function provideTextLanguage(language: Ref<string>): void {
  provide(textLanguage, language)
}

/** The language in which texts are read here: the page's, unless something above chose another. */
export function useTextLanguage(): Ref<string> {
  const { locale } = useI18n()
  return inject(textLanguage, locale)
}

/** pickText, bound to the reader's language. */
export function useLocalText() {
  const { locale } = useI18n()
  return (text: LocalText | undefined) => pickText(text, locale.value).text
}
