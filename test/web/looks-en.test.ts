import { testLooks } from '../support/every-page.ts'

await testLooks('en')
