import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/duplicates', component: () => import('./pages/DuplicatesPage.vue'), meta: { work: true, title: 'duplicate.title' } },
  { path: '/duplicates/:id', component: () => import('./pages/DuplicatePage.vue'), meta: { work: true, title: 'duplicate.pair' } },
]

export default routes
