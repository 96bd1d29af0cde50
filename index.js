// Empty on purpose: n8n loads the nodes and credentials from the dist paths listed under "n8n" in package.json.
