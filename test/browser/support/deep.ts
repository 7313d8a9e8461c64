/** Whether this is the deep form of the tests (`npm test -- --deep=browser`). */
export const DEEP = Boolean(process.env['CDF_AUTH_DEEP']);
