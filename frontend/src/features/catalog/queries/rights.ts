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

  /** What a buyer gets, in short parts. */
  function rights(given: Schema<'Rights'> | undefined): string[] {
    if (!given) return []
    return [
      name('offer', given.offer),
      name('exclusivity', given.exclusivity),
      given.field_of_use ? `${t('listing.rights.field_of_use')}${t('common.colon')}${given.field_of_use}` : '',
      given.territory ? `${t('listing.rights.territory')}${t('common.colon')}${territory(given.territory)}` : '',
      given.term_months ? t('listing.rights.months', { count: given.term_months }) : '',
    ].filter(Boolean)
  }

  return { rights, territory }
}
