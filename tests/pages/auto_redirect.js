/**
 * GitLab's page for a signed-in user whose account is linked goes on to the identity provider by itself.
 */
document.querySelector("#js-auto-redirect-to-provider").click();
