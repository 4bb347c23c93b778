import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRef, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'

export type Task = Schema<'Task'>

export const taskKey = ['tasks'] as const

/** What waits for the acting person, most urgent first. */
export function useTasks(enabled: MaybeRef<boolean> = true) {
  return useQuery({ queryKey: taskKey, queryFn: () => dataOf(api.GET('/me/tasks')), staleTime: 0, enabled })
}

/** Whether a need waits to be opened again, since every deal about it has ended without a contract. */
export function useForsaken(needId: Ref<string>, enabled: Ref<boolean>) {
  const { data } = useTasks(enabled)
  return computed(() => enabled.value && (data.value?.items ?? []).some((task) => task.code === 'reopen_need' && task.subject_id === needId.value))
}

/** Where a task is done. */
export function taskAddress(task: Task): string {
  const { kind, subject_id: id, code } = task
  if (code === 'accept_distribution') return '/my/rewards' // a contributor sees no colleague's share
  if (code === 'confirm_contribution') return '/my/contributions'
  if (kind === 'file_request') return '/file-requests'
  if (code === 'reopen_need') return `/needs/${id}`
  if (code === 'review_listing') return `/reviews/${kind}/${id}`
  if (['achievement', 'package', 'need'].includes(kind)) return code === 'mend_returned' || code === 'submit_draft' ? `/my/${kind}s/${id}` : `/my/listings?kind=${kind}`
  return `/${kind}s/${id}`
}
