/** `get_token()` with a token at hand, in Python. */
import { rowsOf } from './python/rows.mjs';

export default ({ short }) => rowsOf('cached_call.py', short);
