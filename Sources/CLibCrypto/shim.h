// What Swift cannot import from OpenSSL's headers, because it is a macro there or takes any number of arguments.

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// The kind of text that a name is given in; the library's own is a macro of a macro.
static const int shim_UTF8 = MBSTRING_UTF8;

static inline EVP_PKEY *shim_generate_EC(const char *curve) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

static inline EVP_PKEY *shim_generate_RSA(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

static inline EVP_PKEY *shim_generate_ED25519(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static inline size_t shim_BIO_available(BIO *bio) {
    return BIO_ctrl_pending(bio);
}

static inline void shim_OPENSSL_free(void *memory) {
    OPENSSL_free(memory);
}

// As RFC 4514 writes it, and in UTF-8: only what could be mistaken for something else is escaped.
static inline int shim_X509_NAME_print(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline int shim_GENERAL_NAMES_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

// The bytes of the name at `index` where it is of this kind, GEN_DNS or GEN_IPADD; NULL where it is of another.
static inline const unsigned char *shim_GENERAL_NAMES_value(
    const GENERAL_NAMES *names, int index, int kind, int *length
) {
    int type;
    const void *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
    if (type != kind || value == NULL) return NULL;
    *length = ASN1_STRING_length((const ASN1_STRING *)value);
    return ASN1_STRING_get0_data((const ASN1_STRING *)value);
}

// The first value of a name's attribute in UTF-8, which is the caller's to free; NULL where there is none.
static inline unsigned char *shim_X509_NAME_value(const X509_NAME *name, int attribute, int *length) {
    int index = X509_NAME_get_index_by_NID(name, attribute, -1);
    if (index < 0) return NULL;
    unsigned char *text = NULL;
    *length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    return *length < 0 ? NULL : text;
}

static inline int shim_EVP_PKEY_is_RSA(const EVP_PKEY *key) {
    return EVP_PKEY_is_a(key, "RSA");
}

static inline int shim_EVP_PKEY_is_EC(const EVP_PKEY *key) {
    return EVP_PKEY_is_a(key, "EC");
}

static inline int shim_EVP_PKEY_is_ED25519(const EVP_PKEY *key) {
    return EVP_PKEY_is_a(key, "ED25519");
}

// Its list may be said once only; both are copied.
static inline int shim_X509_REQ_add_extension(X509_REQ *request, X509_EXTENSION *extension) {
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    if (extensions == NULL) return 0;
    int result = sk_X509_EXTENSION_push(extensions, extension) > 0 && X509_REQ_add_extensions(request, extensions);
    sk_X509_EXTENSION_free(extensions);
    return result;
}

static inline STACK_OF(X509) *shim_X509_stack_new(void) {
    return sk_X509_new_null();
}

// The stack counts the certificate as its own.
static inline int shim_X509_stack_push(STACK_OF(X509) *stack, X509 *certificate) {
    return X509_add_cert(stack, certificate, X509_ADD_FLAG_UP_REF);
}

static inline void shim_X509_stack_free(STACK_OF(X509) *stack) {
    sk_X509_pop_free(stack, X509_free);
}
