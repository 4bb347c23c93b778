import { useI18n } from 'vue-i18n'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'
import type { Money } from '@/ui/format/money'
import { useFormat } from '@/ui/format/useFormat'
import { useLocalText, type LocalText } from '@/ui/text/localText'
import type { Match } from './matches'

type Reason = Match['reasons'][number]

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
}

function isText(value: unknown): value is LocalText {
  return typeof value === 'object' && value !== null && ('zh' in value || 'en' in value)
}

/** A name of things, as LoRa, PVDF or CO2, is written alike in Chinese. */
const named = /\p{Lu}.*\p{Lu}|\d/u

/** Of expressions that two bilingual texts share, those in the reader's language; all where there are none. */
export function termsFor(locale: string, terms: readonly string[]): readonly string[] {
  const chinese = locale.startsWith('zh')
  const own = terms.filter((term) => /\p{Script=Han}/u.test(term) === chinese || (chinese && named.test(term)))
  return own.length ? own : terms
}

/** Why two listings were matched, as a sentence: codes become names, amounts become money. */
export function useReasonText() {
  const { t, te, locale } = useI18n()
  const { name } = useTaxonomies()
  const format = useFormat()
  const text = useLocalText()

  function shown(key: string, value: unknown): string {
    if (Array.isArray(value)) return termsFor(locale.value, value.map(String)).join(t('common.listSeparator'))
    if (isMoney(value)) return format.moneyShort(value)
    if (isText(value)) return text(value)
    if (typeof value === 'number') return value.toLocaleString(locale.value)
    if (key === 'field' || key === 'technical_field') return name('technical_field', String(value))
    if (key === 'industry' || key === 'region') return name(key, String(value))
    if (key === 'reason') return name('irrelevant_result', String(value)) === value ? name('irrelevant_need', String(value)) : name('irrelevant_result', String(value))
    return String(value)
  }

  return (reason: Reason): string => {
    const key = `match.reason.${reason.code}`
    if (!te(key)) return reason.code
    const params = Object.entries(reason.params ?? {}).map(([name_, value]) => [name_, shown(name_, value)])
    return t(key, Object.fromEntries(params) as Record<string, string>)
  }
}
