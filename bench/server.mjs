/** A session on the server, a hundred kernels and its event loop, in Python. */
import { rowsOf } from './python/rows.mjs';

export default ({ short }) => rowsOf('server_sessions.py', short);
