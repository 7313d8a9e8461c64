/** Code of a cell that defines `claims(token)`: what an access token says, unverified. */
export const READ_CLAIMS = `
import base64, json

def claims(token):
    body = str(token).split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
`;
