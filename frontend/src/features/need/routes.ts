import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/needs/:id', component: () => import('./pages/NeedPage.vue'), meta: { compares: true } },
  // The id is "new" until the first save.
  { path: '/my/needs/:id', alias: '/my/needs/:id/edit', component: () => import('./pages/NeedFormPage.vue'), meta: { work: true, title: 'search.kind.need' } },
]

export default routes
