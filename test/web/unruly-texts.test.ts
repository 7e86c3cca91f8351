import { sharedHouse } from '../support/account-page.ts'
import { testHostile } from '../support/hostile-texts.ts'

await testHostile(await sharedHouse(), ['letters', 'words'])
