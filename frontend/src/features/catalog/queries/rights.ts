import { useI18n } from 'vue-i18n'
import type { Schema } from '@/api/client'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'

/** The code of the whole country in a territory; regions stand there by their own codes. */
export const wholeCountry = 'CN'

/** Rights as people read them. */
export function useRights() {
  const { t } = useI18n()
  const { name } = useTaxonomies()

  /** A territory's regions by their names; what is no code is shown as it was written. */
  function territory(codes: string): string {
    return codes
      .split(/[,，、;；]/)
      .map((code) => (code.trim() === wholeCountry ? t('agreement.country') : name('region', code.trim())))
      .filter(Boolean)
      .join(t('common.listSeparator'))
  }

  /** One right that a buyer gets; empty where nothing is said of it. */
  function right(part: keyof Schema<'Rights'>, given: Schema<'Rights'>): string {
    switch (part) {
      case 'field_of_use':
        return given.field_of_use ?? ''
      case 'territory':
        return given.territory ? territory(given.territory) : ''
      case 'term_months':
        return given.term_months ? t('listing.rights.months', { count: given.term_months }) : ''
      default:
        return name(part, given[part])
    }
  }

  /** What a buyer gets, in short parts; those that do not speak for themselves carry their name. */
  function rights(given: Schema<'Rights'> | undefined): string[] {
    if (!given) return []
    const named = (part: 'field_of_use' | 'territory'): string => {
      const text = right(part, given)
      return text && `${t(`listing.rights.${part}`)}${t('common.colon')}${text}`
    }
    return [right('offer', given), right('exclusivity', given), named('field_of_use'), named('territory'), right('term_months', given)].filter(Boolean)
  }

  return { rights, right, territory }
}
