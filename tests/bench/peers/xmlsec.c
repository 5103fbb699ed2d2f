/* The peer of reading and verifying a signed Response: xmlsec1's library. For each file it says the least
 * times, in nanoseconds, that the processor was at one run of: reading the octets, finding the IDs and the
 * Signature, taking the key from the certificate in it, verifying; and of the same with the key given.
 * Whether anybody trusts that certificate is not asked.
 *
 * Usage: xmlsec RUNS FILE... */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

static const xmlChar *const ids[] = {BAD_CAST "ID", NULL};

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Whether the message is well-formed and its signature valid: with the key that is given, else with that of
 * its certificate, which goes to `found` where that is asked for. */
static int is_valid(const char *xml, int length, xmlSecKeysMngrPtr keys, xmlSecKeyPtr given, xmlSecKeyPtr *found) {
    xmlDocPtr document = xmlReadMemory(xml, length, NULL, NULL, XML_PARSE_NONET);
    if (document == NULL) return 0;
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlSecAddIDs(document, root, (const xmlChar **)ids);
    xmlNodePtr signature = xmlSecFindNode(root, xmlSecNodeSignature, xmlSecDSigNs);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(keys);
    context->keyInfoReadCtx.flags |= XMLSEC_KEYINFO_FLAGS_X509DATA_DONT_VERIFY_CERTS;
    if (given != NULL) context->signKey = xmlSecKeyDuplicate(given);
    int valid = signature != NULL && xmlSecDSigCtxVerify(context, signature) == 0
                && context->status == xmlSecDSigStatusSucceeded;
    if (valid && found != NULL) *found = xmlSecKeyDuplicate(context->signKey);
    xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(document);
    return valid;
}

static char *content(const char *path, int *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    fseek(file, 0, SEEK_END);
    *length = (int)ftell(file);
    rewind(file);
    char *octets = malloc(*length);
    size_t read = fread(octets, 1, *length, file);
    fclose(file);
    return read == (size_t)*length ? octets : NULL;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    xmlInitParser();
    xmlSecKeysMngrPtr keys = xmlSecKeysMngrCreate();
    if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0
        || xmlSecCryptoAppDefaultKeysMngrInit(keys) < 0) {
        return 1;
    }
    printf("xmlsec1 %s\n", XMLSEC_VERSION);
    for (int argument = 2; argument < count; argument++) {
        int length;
        char *xml = content(arguments[argument], &length);
        if (xml == NULL) return 1;
        xmlSecKeyPtr key = NULL;
        if (!is_valid(xml, length, keys, NULL, &key)) return 1;
        long long least[2] = {-1, -1};
        for (int run = 0; run < 2 * atoi(arguments[1]); run++) {
            long long begin = now();
            if (!is_valid(xml, length, keys, run % 2 ? key : NULL, NULL)) return 1;
            long long took = now() - begin;
            if (least[run % 2] < 0 || took < least[run % 2]) least[run % 2] = took;
        }
        printf("%lld %lld\n", least[0], least[1]);
        xmlSecKeyDestroy(key);
        free(xml);
    }
    return 0;
}
