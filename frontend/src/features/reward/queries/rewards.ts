import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, ifMatch, newIdempotencyKey, type Schema } from '@/api/client'
import type { Tone } from '@/ui/display/tone'

export type Plan = Schema<'Plan'>
export type PlanForm = Schema<'PlanForm'>
export type PlanContributor = Schema<'PlanContributor'>
export type Distribution = Schema<'Distribution'>

export const rewardKeys = {
  all: ['rewards'] as const,
  plans: (contract: string) => [...rewardKeys.all, 'plans', contract] as const,
  plan: (id: string) => [...rewardKeys.all, 'plan', id] as const,
  planSteps: (id: string) => [...rewardKeys.plan(id), 'steps'] as const,
  distributions: (contract: string) => [...rewardKeys.all, 'distributions', contract] as const,
  distribution: (id: string) => [...rewardKeys.all, 'distribution', id] as const,
  distributionSteps: (id: string) => [...rewardKeys.distribution(id), 'steps'] as const,
  own: ['rewards', 'own'] as const,
}

export const planTones: Record<Plan['state'], Tone> = {
  draft: 'neutral',
  proposed: 'waiting',
  confirmed: 'active',
  decided: 'active',
  publicised: 'waiting',
  disputed: 'stopped',
  effective: 'live',
  superseded: 'neutral',
}

export const distributionTones: Record<Distribution['state'], Tone> = {
  computed: 'waiting',
  held: 'stopped',
  approved: 'active',
  paid: 'live',
  confirmed: 'live',
}

export function usePlans(contract: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.plans(contract.value)),
    queryFn: () => dataOf(api.GET('/contracts/{id}/plans', { params: { path: { id: contract.value } } })),
    enabled,
  })
}

export function useDistributions(contract: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.distributions(contract.value)),
    queryFn: () => dataOf(api.GET('/contracts/{id}/distributions', { params: { path: { id: contract.value } } })),
    enabled,
  })
}

export function usePlan(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.plan(id.value)),
    queryFn: () => dataOf(api.GET('/plans/{id}', { params: { path: { id: id.value } } })),
  })
}

export function usePlanSteps(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.planSteps(id.value)),
    queryFn: () => dataOf(api.GET('/plans/{id}/steps', { params: { path: { id: id.value } } })),
  })
}

export function useDistribution(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.distribution(id.value)),
    queryFn: () => dataOf(api.GET('/distributions/{id}', { params: { path: { id: id.value } } })),
  })
}

export function useDistributionSteps(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => rewardKeys.distributionSteps(id.value)),
    queryFn: () => dataOf(api.GET('/distributions/{id}/steps', { params: { path: { id: id.value } } })),
  })
}

/** One's own shares over all contracts, newest first. */
export function useOwnShares() {
  return useInfiniteQuery({
    queryKey: rewardKeys.own,
    queryFn: ({ pageParam }) => dataOf(api.GET('/me/rewards', { params: { query: { cursor: pageParam || undefined } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

function useRefresh() {
  const client = useQueryClient()
  return () =>
    Promise.all([client.invalidateQueries({ queryKey: rewardKeys.all }), client.invalidateQueries({ queryKey: ['tasks'] })])
}

export function useCreatePlan(contract: Ref<string>) {
  return useMutation({
    mutationFn: () =>
      dataOf(api.POST('/contracts/{id}/plans', { params: { path: { id: contract.value }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: {} })),
    onSuccess: useRefresh(),
  })
}

export function useSavePlan() {
  return useMutation({
    mutationFn: ({ plan, form }: { plan: Plan; form: PlanForm }) =>
      dataOf(api.PUT('/plans/{id}', { params: { path: { id: plan.id }, header: ifMatch(plan.version) }, body: form })),
    onSuccess: useRefresh(),
  })
}

export function usePlanStep(id: Ref<string>) {
  return useMutation({
    mutationFn: ({ version, step }: { version: number; step: Schema<'StepRequest'> }) =>
      dataOf(api.POST('/plans/{id}/steps', { params: { path: { id: id.value }, header: { ...ifMatch(version), 'Idempotency-Key': newIdempotencyKey() } }, body: step })),
    onSettled: useRefresh(),
  })
}

export function useDistributionStep(id: Ref<string>) {
  return useMutation({
    mutationFn: (step: Schema<'DistributionStepRequest'>) =>
      dataOf(api.POST('/distributions/{id}/steps', { params: { path: { id: id.value }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: step })),
    onSettled: useRefresh(),
  })
}

/** Confirms in person that one's share has been paid. */
export function useAcceptShare() {
  return useMutation({
    mutationFn: (distribution: string) =>
      dataOf(api.POST('/distributions/{id}/steps', { params: { path: { id: distribution }, header: { 'Idempotency-Key': newIdempotencyKey() } }, body: { action: 'accept' } })),
    onSettled: useRefresh(),
  })
}

/** What a receipt would give under a plan that is still being written. */
export function usePreview() {
  return useMutation({
    mutationFn: (form: Schema<'RewardPreviewForm'>) => dataOf(api.POST('/reward-previews', { body: form })),
  })
}
