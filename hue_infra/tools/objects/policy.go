package main

// statement and document are a bucket's policy, as S3 has it.
type statement struct {
	Effect    string
	Principal map[string][]string
	Action    []string
	Resource  []string
}

type document struct {
	Version   string
	Statement []statement
}

var (
	reading        = []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"}
	readingObjects = []string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes", "s3:GetObjectTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"}
	writing        = []string{"s3:ListBucketMultipartUploads"}
	// A lock may be lengthened and an object held; nothing here lets anybody shorten or lift it.
	writingObjects = []string{"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}
)

// policy lets the owner read and write the bucket's objects, and readers read them.
func policy(one declared) document {
	whole := []string{"arn:aws:s3:::" + one.Name}
	objects := []string{"arn:aws:s3:::" + one.Name + "/*"}
	everybody := append([]string{one.Owner}, one.Readers...)
	allow := func(who, what, where []string) statement {
		return statement{Effect: "Allow", Principal: map[string][]string{"AWS": who}, Action: what, Resource: where}
	}
	return document{"2012-10-17", []statement{
		allow(everybody, reading, whole),
		allow(everybody, readingObjects, objects),
		allow([]string{one.Owner}, writing, whole),
		allow([]string{one.Owner}, writingObjects, objects),
	}}
}
