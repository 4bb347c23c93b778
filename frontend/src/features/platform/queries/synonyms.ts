import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, type Schema } from '@/api/client'

export type SynonymGroup = Schema<'SynonymGroup'>
export type SynonymState = Schema<'SynonymState'>
export type SynonymForm = Schema<'SynonymForm'>
export type SharedExpression = Schema<'SharedExpression'>

export const synonymStates: readonly SynonymState[] = ['shipped', 'changed', 'disabled', 'own']

/** Which groups are listed; empty answers choose all. */
export interface SynonymFilter {
  field: string
  state: string
  q: string
}

/** How many expressions a group has at most. */
export const maxExpressions = 20

/** How often the page looks whether a change is in use: a rebuild takes seconds to a minute. */
const statusPause = 3000

const all = ['platform', 'synonyms'] as const
const keys = {
  list: (filter: SynonymFilter) => [...all, 'list', filter] as const,
  status: [...all, 'status'] as const,
  preview: (expressions: string[]) => [...all, 'preview', expressions] as const,
}

export function useSynonyms(filter: Ref<SynonymFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => keys.list(filter.value)),
    queryFn: ({ pageParam }) => {
      const { field, state, q } = filter.value
      const chosen = synonymStates.find((each) => each === state)
      return dataOf(api.GET('/platform/synonyms', { params: { query: { field: field || undefined, state: chosen, q: q || undefined, cursor: pageParam || undefined, page_size: 50 } } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: (before) => before,
  })
}

/** Whether search and matching use the list as it is; asked again until they do. */
export function useSynonymStatus() {
  return useQuery({
    queryKey: keys.status,
    queryFn: () => dataOf(api.GET('/platform/synonyms-status')),
    refetchInterval: (query) => (query.state.data?.applied ? false : statusPause),
  })
}

/** How many listings each expression finds now. */
export function useSynonymPreview(expressions: Ref<string[]>) {
  return useQuery({
    queryKey: computed(() => keys.preview(expressions.value)),
    queryFn: () => dataOf(api.GET('/platform/synonyms-preview', { params: { query: { expression: expressions.value } } })),
    enabled: computed(() => expressions.value.length > 0),
    placeholderData: (before) => before,
  })
}

/** Adds a group, or changes the one that is given. */
export function useSaveSynonyms() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ group, form }: { group?: SynonymGroup; form: SynonymForm }) =>
      group
        ? dataOf(api.PUT('/platform/synonyms/{id}', { params: { path: { id: group.id }, header: ifMatch(group.version) }, body: form }))
        : dataOf(api.POST('/platform/synonyms', { body: form })),
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  })
}

/** Takes an own group out; what ships is as it ships again. */
export function useRemoveSynonyms() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (group: SynonymGroup) => api.DELETE('/platform/synonyms/{id}', { params: { path: { id: group.id }, header: ifMatch(group.version) } }),
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  })
}

export async function exportSynonyms(): Promise<Blob> {
  const file = await dataOf(api.GET('/platform/synonyms-file'))
  return new Blob([file.content], { type: 'application/yaml' })
}

/** Makes the list what a file says, if nobody changed it since it was read. */
export function useImportSynonyms() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ content, revision }: { content: string; revision: number }) =>
      dataOf(api.PUT('/platform/synonyms-file', { params: { header: ifMatch(revision) }, body: { content } })),
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  })
}
