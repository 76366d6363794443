// A user's script that does not get past its first lines.
throw new Error('the list of products is empty');

export default function () {}
