import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, type Schema } from '@/api/client'

export type Token = Schema<'Token'>
export type TokenScope = Schema<'TokenScope'>
export type Webhook = Schema<'Webhook'>
export type WebhookType = Schema<'WebhookType'>
export type WebhookForm = Schema<'WebhookForm'>
export type Delivery = Schema<'WebhookDelivery'>

export const scopes: readonly TokenScope[] = [
  'catalogue:read', 'catalogue:write', 'needs:read', 'needs:write', 'deals:read', 'deals:write', 'rewards:read', 'organisation:read', 'statistics:read',
]
export const webhookTypes: readonly WebhookType[] = [
  'listing.published', 'listing.changed', 'listing.expired', 'listing.suspended', 'listing.withdrawn', 'listing.matched', 'listing.closed',
  'introduction.made', 'introduction.answered', 'deal.opened', 'deal.changed',
]

/** A scope or a type as a key of i18n, where dots and colons part keys. */
export const keyOf = (code: string) => code.replace(/[.:]/g, '_')

const keys = {
  tokens: (org: string) => ['tokens', org] as const,
  webhooks: (org: string) => ['webhooks', org] as const,
  webhook: (org: string, id: string) => ['webhooks', org, id] as const,
  deliveries: (org: string, id: string) => ['webhooks', org, id, 'deliveries'] as const,
}

export function useTokens(org: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => keys.tokens(org.value)),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/organisations/{id}/tokens', { params: { path: { id: org.value }, query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled: computed(() => org.value !== ''),
  })
}

export function useCreateToken(org: Ref<string>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schema<'TokenForm'>) => dataOf(api.POST('/organisations/{id}/tokens', { params: { path: { id: org.value } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens(org.value) }),
  })
}

export function useRevokeToken(org: Ref<string>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/organisations/{id}/tokens/{token_id}', { params: { path: { id: org.value, token_id: id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.tokens(org.value) }),
  })
}

export function useWebhooks(org: Ref<string>) {
  return useQuery({
    queryKey: computed(() => keys.webhooks(org.value)),
    queryFn: () => dataOf(api.GET('/organisations/{id}/webhooks', { params: { path: { id: org.value } } })),
    enabled: computed(() => org.value !== ''),
  })
}

export function useWebhook(org: Ref<string>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => keys.webhook(org.value, id.value)),
    queryFn: () => dataOf(api.GET('/organisations/{id}/webhooks/{webhook_id}', { params: { path: { id: org.value, webhook_id: id.value } } })),
    enabled: computed(() => org.value !== ''),
  })
}

function useRefresh(org: Ref<string>) {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: keys.webhooks(org.value) })
}

export function useCreateWebhook(org: Ref<string>) {
  return useMutation({
    mutationFn: (body: WebhookForm) => dataOf(api.POST('/organisations/{id}/webhooks', { params: { path: { id: org.value } }, body })),
    onSuccess: useRefresh(org),
  })
}

export function useSaveWebhook(org: Ref<string>) {
  return useMutation({
    mutationFn: ({ webhook, form }: { webhook: Webhook; form: WebhookForm }) =>
      dataOf(
        api.PUT('/organisations/{id}/webhooks/{webhook_id}', {
          params: { path: { id: org.value, webhook_id: webhook.id }, header: ifMatch(webhook.version) },
          body: form,
        }),
      ),
    onSettled: useRefresh(org),
  })
}

/** What is done to a webhook besides changing it. */
export function useWebhookActions(org: Ref<string>, id: Ref<string>) {
  const refresh = useRefresh(org)
  const path = () => ({ path: { id: org.value, webhook_id: id.value } })
  return {
    rotate: useMutation({
      mutationFn: () => dataOf(api.POST('/organisations/{id}/webhooks/{webhook_id}/secret', { params: path() })),
      onSettled: refresh,
    }),
    ping: useMutation({
      mutationFn: () => dataOf(api.POST('/organisations/{id}/webhooks/{webhook_id}/ping', { params: path() })),
      onSettled: refresh,
    }),
    remove: useMutation({
      mutationFn: () => api.DELETE('/organisations/{id}/webhooks/{webhook_id}', { params: path() }),
      onSettled: refresh,
    }),
    redeliver: useMutation({
      mutationFn: (delivery: string) =>
        api.POST('/organisations/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver', {
          params: { path: { id: org.value, webhook_id: id.value, delivery_id: delivery } },
        }),
      onSettled: refresh,
    }),
  }
}

/** The log of messages; while something is on its way it is read again. */
export function useDeliveries(org: Ref<string>, id: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => keys.deliveries(org.value, id.value)),
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/organisations/{id}/webhooks/{webhook_id}/deliveries', {
          params: { path: { id: org.value, webhook_id: id.value }, query: { cursor: pageParam || undefined } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled: computed(() => org.value !== ''),
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some((each) => each.state === 'pending') ? 2000 : false),
  })
}
