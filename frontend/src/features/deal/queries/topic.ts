import type { components } from '@/api/schema'

type Titled = Partial<Record<'package_title' | 'achievement_title' | 'need_title', components['schemas']['Text']>>

/** What an introduction or a deal is called by: what is offered, or else the need. */
export function topicTitle(topic: Titled | undefined): components['schemas']['Text'] | undefined {
  return topic?.package_title ?? topic?.achievement_title ?? topic?.need_title
}
