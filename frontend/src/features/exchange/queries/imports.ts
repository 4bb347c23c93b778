import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import type { Sending } from '@/api/sending'
import { listingKeys, type ListingKind } from '@/features/listing/queries/listings'

/** A file that waits to be imported, and its rows. */
export type Import = Schema<'Import'>
export type ImportRow = Schema<'ImportRow'>
export type ImportFault = Schema<'ImportFault'>
export type ImportProperty = Schema<'ImportProperty'>

/** What a person changes in a row. */
export interface Mending {
  number: number
  left_out?: boolean
  cells?: { index: number; value: string }[]
}

export const importKeys = {
  all: ['imports'] as const,
  of: (id: string) => [...importKeys.all, id] as const,
  rows: (id: string, faulty: boolean) => [...importKeys.of(id), 'rows', faulty] as const,
}

const rowsAPage = 50
const watchEvery = 700

/** The acting organisation's files that wait, newest first. */
export function useImports() {
  return useQuery({ queryKey: importKeys.all, queryFn: () => dataOf(api.GET('/imports')) })
}

/** One of them; read again and again while it is being taken. */
export function useImport(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => importKeys.of(id.value)),
    queryFn: () => dataOf(api.GET('/imports/{id}', { params: { path: { id: id.value } } })),
    refetchInterval: (query) => (query.state.data?.state === 'committing' ? watchEvery : false),
  })
}

/** The rows, page after page: all of them, or those that cannot be taken. */
export function useRows(id: Ref<string>, faulty: Ref<boolean>) {
  return useInfiniteQuery({
    queryKey: computed(() => importKeys.rows(id.value, faulty.value)),
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/imports/{id}/rows', {
          params: { path: { id: id.value }, query: { faulty: faulty.value || undefined, after: pageParam || undefined, page_size: rowsAPage } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.items.length === rowsAPage ? page.items.at(-1)?.number : undefined),
    placeholderData: keepPreviousData,
  })
}

/** Sends a file to be read. */
export function useUpload() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, file, by }: { kind: ListingKind; file: File; by: Sending }) =>
      dataOf(
        api.POST('/imports', {
          body: { kind, file: file as unknown as string },
          bodySerializer: (body) => {
            const form = new FormData()
            for (const [key, value] of Object.entries(body)) form.append(key, value as string | Blob)
            return form
          },
          ...by,
        }),
      ),
    onSuccess: (made) => {
      client.setQueryData(importKeys.of(made.id), made)
      return client.invalidateQueries({ queryKey: importKeys.all, exact: true })
    },
  })
}

/** What changes one preview: one after the other, each on the version that the last one left. */
export function useChanges(id: Ref<string>) {
  const client = useQueryClient()
  const scope = { id: `import-${id.value}` }
  const version = () => client.getQueryData<Import>(importKeys.of(id.value))?.version ?? 0
  const request = () => ({ path: { id: id.value }, header: ifMatch(version()) })
  const keep = (made: Import) => client.setQueryData(importKeys.of(id.value), made)
  const again = () => client.invalidateQueries({ queryKey: importKeys.of(id.value) })

  const mend = useMutation({
    scope,
    mutationFn: (rows: Mending[]) => dataOf(api.PATCH('/imports/{id}/rows', { params: request(), body: { rows } })),
    onSuccess: (answer) => {
      keep(answer.import)
      replaceRows(answer.rows)
    },
    onError: again,
  })
  /** Puts rows that were checked anew in their places: a mended row stays until the list is opened again. */
  function replaceRows(rows: ImportRow[]): void {
    const byNumber = new Map(rows.map((row) => [row.number, row]))
    client.setQueriesData<{ pages: { items: ImportRow[] }[]; pageParams: unknown[] }>({ queryKey: [...importKeys.of(id.value), 'rows'] }, (old) =>
      old && { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.map((row) => byNumber.get(row.number) ?? row) })) },
    )
  }
  const assign = useMutation({
    scope,
    mutationFn: (columns: { index: number; property: string }[]) =>
      dataOf(api.PATCH('/imports/{id}/columns', { params: request(), body: { columns } })),
    onSuccess: keep,
    onSettled: again,
  })
  const commit = useMutation({
    scope,
    mutationFn: (submit: boolean) =>
      dataOf(
        api.POST('/imports/{id}/commit', {
          params: { path: { id: id.value }, header: { ...ifMatch(version()), 'Idempotency-Key': newIdempotencyKey() } },
          body: { submit },
        }),
      ),
    onSuccess: (made) => {
      keep(made)
      return client.invalidateQueries({ queryKey: listingKeys.all })
    },
    onError: again,
  })
  const discard = useMutation({
    mutationFn: () => dataOf(api.DELETE('/imports/{id}', { params: { path: { id: id.value } } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: importKeys.of(id.value) })
      return client.invalidateQueries({ queryKey: importKeys.all, exact: true })
    },
  })
  return { mend, assign, commit, discard }
}
