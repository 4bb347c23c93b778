import { useQueries } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { organisationOf } from '@/features/organisation/queries/organisations'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'
import { useLocalText } from '@/ui/text/localText'
import type { Facet } from './search'
import type { CodeFacet, SearchState } from './searchState'

/** The coded list that names the values of a facet, where it is not called like the facet. */
const lists: Partial<Record<CodeFacet, string>> = { field: 'technical_field' }
/** Where the messages name the values of a facet. */
const messages: Partial<Record<CodeFacet, string>> = { organisation_kind: 'organisation.kind', language: 'search.language' }

/**
 * Names the values of facets as people read them: as the answer names them, else by the coded lists. A chosen
 * organisation that the answer does not name is looked up. The facets are empty while the answer is on its way, and
 * undefined where there is none.
 */
export function useFacetNames(state: Ref<SearchState>, facets: Ref<readonly Facet[] | undefined>) {
  const { t, te } = useI18n()
  const text = useLocalText()
  const { name, parent } = useTaxonomies()

  const given = computed(
    () => new Map((facets.value ?? []).flatMap((facet) => facet.values.map((value) => [`${facet.name}:${value.code}`, value.label] as const))),
  )
  const unnamed = computed(() =>
    facets.value?.length === 0 ? [] : state.value.codes.organisation.filter((code) => !text(given.value.get(`organisation:${code}`))),
  )
  const organisations = useQueries({ queries: computed(() => unnamed.value.map((id) => ({ ...organisationOf(id), retry: false }))) })
  const found = computed(() => new Map(organisations.value.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : []))))

  function nameOf(facet: CodeFacet, code: string): string {
    const label = text(given.value.get(`${facet}:${code}`)) || (facet === 'organisation' ? text(found.value.get(code)) : '')
    if (label) return label
    const message = `${messages[facet]}.${code}`
    if (messages[facet] && te(message)) return t(message)
    return name(lists[facet] ?? facet, code)
  }
  return { nameOf, parentOf: (facet: CodeFacet, code: string) => parent(lists[facet] ?? facet, code) }
}
