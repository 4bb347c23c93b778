import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/file-requests', component: () => import('./pages/FileRequestsPage.vue'), meta: { work: true, title: 'document.requests' } },
  { path: '/disclosures', component: () => import('./pages/DisclosuresPage.vue'), meta: { work: true, title: 'document.disclosure.title' } },
]

export default routes
