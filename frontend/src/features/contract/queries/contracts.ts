import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import type { Tone } from '@/ui/display/tone'
import { fenToDecimal, parseFen } from '@/ui/format/money'

export type Contract = Schema<'Contract'>
export type ContractTerms = Schema<'ContractTerms'>
export type Receipt = Schema<'Receipt'>

export const contractKeys = {
  all: ['contracts'] as const,
  list: (state: string) => [...contractKeys.all, 'list', state] as const,
  of: (id: string) => [...contractKeys.all, 'contract', id] as const,
  steps: (id: string) => [...contractKeys.of(id), 'steps'] as const,
  receipts: (id: string) => [...contractKeys.of(id), 'receipts'] as const,
}

/** What a contract's state asks of the reader. */
export const contractTones: Record<Contract['state'], Tone> = {
  draft: 'neutral',
  proposed: 'waiting',
  half_signed: 'waiting',
  signed: 'live',
  completed: 'live',
  terminated: 'stopped',
  discarded: 'neutral',
}

/** Whether money can have moved on a contract: it has been in force. */
export function movesMoney(contract: Contract): boolean {
  return ['signed', 'completed', 'terminated'].includes(contract.state)
}

/** What has come in of a contract and not gone back; undefined where no money can have moved yet. */
export function keptOf({ received, refunded }: Contract): Schema<'Money'> | undefined {
  if (!received || !refunded) return received
  const [came, went] = [parseFen(received.amount), parseFen(refunded.amount)]
  return came === null || went === null ? received : { ...received, amount: fenToDecimal(came - went) }
}

export function useContracts(state: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => contractKeys.list(state.value)),
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/contracts', { params: { query: { state: state.value || undefined, cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

export function useContract(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => contractKeys.of(id.value)),
    queryFn: () => dataOf(api.GET('/contracts/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}

export function useContractSteps(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => contractKeys.steps(id.value)),
    queryFn: () => dataOf(api.GET('/contracts/{id}/steps', { params: { path: { id: id.value } } })),
  })
}

export function useReceipts(id: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => contractKeys.receipts(id.value)),
    queryFn: () => dataOf(api.GET('/contracts/{id}/receipts', { params: { path: { id: id.value } } })),
    enabled,
  })
}

/** Contracts, deals and what waits for people change together. */
function useRefresh() {
  const client = useQueryClient()
  return () =>
    Promise.all([contractKeys.all, ['deals'], ['rewards'], ['tasks']].map((queryKey) => client.invalidateQueries({ queryKey })))
}

/** Drafts a contract in a deal, or saves the terms of a draft. */
export function useSaveContract() {
  return useMutation({
    mutationFn: (save: { terms: ContractTerms; key: string } & ({ dealId: string } | { id: string; version: number })) =>
      'dealId' in save
        ? dataOf(api.POST('/contracts', { params: { header: { 'Idempotency-Key': save.key } }, body: { deal_id: save.dealId, terms: save.terms } }))
        : dataOf(api.PUT('/contracts/{id}', { params: { path: { id: save.id }, header: ifMatch(save.version) }, body: save.terms })),
    onSuccess: useRefresh(),
  })
}

export function useContractStep() {
  return useMutation({
    mutationFn: ({ contract, action, reason }: { contract: Contract; action: string; reason?: string }) =>
      dataOf(
        api.POST('/contracts/{id}/steps', {
          params: { path: { id: contract.id }, header: { ...ifMatch(contract.version), 'Idempotency-Key': newIdempotencyKey() } },
          body: { action, ...(reason ? { reason } : {}) },
        }),
      ),
    onSettled: useRefresh(),
  })
}

export function useRecordReceipt(id: Ref<string>) {
  return useMutation({
    mutationFn: ({ form, key }: { form: Schema<'ReceiptForm'>; key: string }) =>
      dataOf(api.POST('/contracts/{id}/receipts', { params: { path: { id: id.value }, header: { 'Idempotency-Key': key } }, body: form })),
    onSuccess: useRefresh(),
  })
}

export function useRecordRefund() {
  return useMutation({
    mutationFn: ({ receiptId, form, key }: { receiptId: string; form: Schema<'RefundForm'>; key: string }) =>
      dataOf(api.POST('/receipts/{id}/refunds', { params: { path: { id: receiptId }, header: { 'Idempotency-Key': key } }, body: form })),
    onSuccess: useRefresh(),
  })
}
