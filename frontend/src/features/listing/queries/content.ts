import { wholeDigits } from '@/ui/format/number'
import type { Money } from '@/ui/format/money'

/**
 * Forms hold every answer as text, present even when empty; the API wants what
 * was answered and nothing else. These functions go from one to the other.
 */

/** A text in two languages, both always present. */
export interface BothLanguages {
  zh: string
  en: string
}

export function bothLanguages(text: { zh?: string; en?: string } | undefined): BothLanguages {
  return { zh: text?.zh ?? '', en: text?.en ?? '' }
}

/** The text without its empty side; undefined when nothing was written. */
export function writtenText(text: BothLanguages): { zh?: string; en?: string } | undefined {
  const written: { zh?: string; en?: string } = {}
  if (text.zh.trim()) written.zh = text.zh.trim()
  if (text.en.trim()) written.en = text.en.trim()
  return written.zh || written.en ? written : undefined
}

/** An answer, or undefined for none. */
export function written(text: string): string | undefined {
  return text.trim() || undefined
}

export function writtenList<Item>(items: Item[]): Item[] | undefined {
  return items.length ? items : undefined
}

export function yuan(amount: string): Money & { currency: 'CNY' } | undefined {
  return amount.trim() ? { amount: amount.trim(), currency: 'CNY' } : undefined
}

export function wholeNumber(text: string): number | undefined {
  const digits = wholeDigits(text)
  return digits ? Number(digits) : undefined
}

/** The object without what is undefined, so that two equal answers are written the same. */
export function answered<Content extends object>(content: Content): Content {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)) as Content
}
