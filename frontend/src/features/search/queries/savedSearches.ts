import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LocationQueryRaw } from 'vue-router'
import { api, dataOf, ifMatch, type Schema } from '@/api/client'
import { noticeKey } from '@/features/notice/queries/notices'
import { searchParameters, type SearchState } from './searchState'

export type SavedSearch = Schema<'SavedSearch'>
export type SavedSearchForm = Schema<'SavedSearchForm'>
export type Alert = SavedSearch['alert']

export const alerts: readonly Alert[] = ['off', 'at_once', 'daily', 'weekly']

const savedKey = ['saved-searches'] as const

/** A search as it is saved: values by the names of the address; order and page are not part of it. */
export function queryOf(state: SearchState): SavedSearchForm['query'] {
  return Object.fromEntries(
    Object.entries(searchParameters({ ...state, sort: 'relevance', page: 1 })).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : [String(value)]]),
  )
}

/** The address that runs a saved search. */
export function addressOf(saved: SavedSearch): { path: string; query: LocationQueryRaw } {
  return { path: '/search', query: saved.query }
}

export function formOf({ name, query, alert, by_mail, in_app, changes }: SavedSearch): SavedSearchForm {
  return { name, query, alert, by_mail, in_app, changes }
}

/** Whether two saved searches ask for the same, in whatever order. */
export function sameQuery(one: SavedSearchForm['query'], other: SavedSearchForm['query']): boolean {
  const key = (query: SavedSearchForm['query']) => JSON.stringify(Object.entries(query).map(([name, values]) => [name, [...values].sort()]).sort())
  return key(one) === key(other)
}

export function useSavedSearches(enabled?: Ref<boolean>) {
  return useInfiniteQuery({
    enabled,
    queryKey: savedKey,
    queryFn: ({ pageParam }) => dataOf(api.GET('/me/searches', { params: { query: { cursor: pageParam || undefined, page_size: 50 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** What the alert of a saved search has told of. */
export function useTold(id: Ref<string>) {
  const { locale } = useI18n()
  return useQuery({
    queryKey: computed(() => [...savedKey, id.value, 'told', locale.value]),
    queryFn: () => dataOf(api.GET('/me/searches/{id}/told', { params: { path: { id: id.value } } })),
  })
}

function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: savedKey })
}

export function useCreateSavedSearch() {
  return useMutation({
    mutationFn: ({ form, key }: { form: SavedSearchForm; key: string }) =>
      dataOf(api.POST('/me/searches', { params: { header: { 'Idempotency-Key': key } }, body: form })),
    onSuccess: useRefresh(),
  })
}

export function useSaveSavedSearch() {
  return useMutation({
    mutationFn: ({ saved, form }: { saved: SavedSearch; form: SavedSearchForm }) =>
      dataOf(api.PUT('/me/searches/{id}', { params: { path: { id: saved.id }, header: ifMatch(saved.version) }, body: form })),
    onSettled: useRefresh(),
  })
}

/** Deletes a saved search; the notices of it go too. */
export function useDeleteSavedSearch() {
  const client = useQueryClient()
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/me/searches/{id}', { params: { path: { id } } }),
    onSettled: () => Promise.all([refresh(), client.invalidateQueries({ queryKey: noticeKey })]),
  })
}

/** Gives a saved search a feed at a new address, or ends it. */
export function useSearchFeed() {
  return useMutation({
    mutationFn: ({ id, open }: { id: string; open: boolean }) => {
      const path = { params: { path: { id } } }
      return dataOf(open ? api.PUT('/me/searches/{id}/feed', path) : api.DELETE('/me/searches/{id}/feed', path))
    },
    onSettled: useRefresh(),
  })
}
