import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { ensureMe } from '@/features/account/queries/session'
import { composer } from '@/i18n'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title in i18n; pages about one thing set their own title when they know it. */
    title?: string
    /** Pages for work stand beside the side navigation and want a sign-in. */
    work?: boolean
    /** The page brings its own search box. */
    ownSearch?: boolean
    /** The page offers listings to be compared: what was chosen stands at its foot. */
    compares?: boolean
  }
}

/** Every feature lists its pages in routes.ts; a new feature needs no change here. */
const features = import.meta.glob<RouteRecordRaw[]>('../features/*/routes.ts', { eager: true, import: 'default' })

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...Object.values(features).flat(),
    { path: '/:path(.*)*', component: () => import('@/features/shell/pages/NotFoundPage.vue'), meta: { title: 'shell.notFound.title' } },
  ],
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.hash) return { el: to.hash, top: 80 }
    return to.path === from.path ? undefined : { top: 0 }
  },
})

router.beforeEach(async (to) => {
  if (!to.meta.work) return true
  const me = await ensureMe().catch(() => null)
  if (me?.signed_in) return true
  return { path: '/sign-in', query: { next: to.fullPath } }
})

/** The present page's own title, read again when the language changes. */
let pageTitle: () => string = () => ''

/** Names the page in the browser's tab. */
export function setPageTitle(title: string | (() => string)): void {
  pageTitle = typeof title === 'string' ? () => title : title
  showPageTitle()
}

function showPageTitle(): void {
  const name = composer.t('shell.name')
  const title = pageTitle()
  document.title = title ? `${title} · ${name}` : `${name} · ${composer.t('shell.tagline')}`
}

router.afterEach(({ meta: { title } }) => setPageTitle(() => (title ? composer.t(title) : '')))
watch(composer.locale, showPageTitle)
