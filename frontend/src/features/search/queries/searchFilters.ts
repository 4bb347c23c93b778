import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useFormat } from '@/ui/format/useFormat'
import { shorten } from '@/ui/text/shorten'
import { useFacetNames } from './facetNames'
import type { Facet } from './search'
import { codeFacets, type SearchState } from './searchState'

/** One filter of a search in the reader's words, and what leaves it out. */
export interface SearchFilter {
  key: string
  label: string
  without: Partial<SearchState>
}

/** The filters of a search, in the order of the panel; the facets are those of useFacetNames. */
export function useSearchFilters(state: Ref<SearchState>, facets: Ref<readonly Facet[] | undefined>) {
  const { t } = useI18n()
  const format = useFormat()
  const { nameOf } = useFacetNames(state, facets)
  const yuan = (amount: string) => format.moneyShort({ amount, currency: 'CNY' })

  return computed<SearchFilter[]>(() => {
    const { codes, trlMin, trlMax, priceMin, priceMax, publicBenefit } = state.value
    const list: SearchFilter[] = codeFacets.flatMap((facet) =>
      codes[facet].map((code) => ({
        key: `${facet}:${code}`,
        label: nameOf(facet, code),
        without: { codes: { ...codes, [facet]: codes[facet].filter((each) => each !== code) } },
      })),
    )
    if (trlMin !== null || trlMax !== null) list.push({ key: 'trl', label: t('search.trlRange', { min: trlMin ?? 1, max: trlMax ?? 9 }), without: { trlMin: null, trlMax: null } })
    if (priceMin) list.push({ key: 'from', label: t('search.priceFrom', { amount: yuan(priceMin) }), without: { priceMin: '' } })
    if (priceMax) list.push({ key: 'to', label: t('search.priceTo', { amount: yuan(priceMax) }), without: { priceMax: '' } })
    if (publicBenefit) list.push({ key: 'benefit', label: t('search.facet.public_benefit'), without: { publicBenefit: false } })
    return list
  })
}

/** A search in words, as a line of its name: what is typed, what kind, and what narrows it. */
export function useSearchWords(state: Ref<SearchState>, facets: Ref<readonly Facet[] | undefined>) {
  const { t } = useI18n()
  const filters = useSearchFilters(state, facets)
  return computed(() => {
    const { q, kind } = state.value
    return [shorten(q.trim(), 60), kind && t(`search.kind.${kind}`), ...filters.value.map(({ label }) => label)].filter(Boolean)
  })
}
