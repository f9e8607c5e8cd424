//go:build before_1_37

package main

// Before 1.37 the checks stand in the midst of rest.BeforeCreate and rest.BeforeUpdate.

import (
	"context"
	_ "unsafe" // for go:linkname

	"k8s.io/apimachinery/pkg/api/meta"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"
)

func errorsOfCreate(ctx context.Context, obj runtime.Object, strategy rest.RESTCreateStrategy) field.ErrorList {
	if errs := strategy.Validate(ctx, obj); len(errs) > 0 {
		return errs
	}
	accessor, err := meta.Accessor(obj)
	must(err)
	return genericvalidation.ValidateObjectMetaAccessor(accessor, strategy.NamespaceScoped(), path.ValidatePathSegmentName, field.NewPath("metadata"))
}

func errorsOfUpdate(ctx context.Context, obj, old runtime.Object, strategy rest.RESTUpdateStrategy) field.ErrorList {
	errs, err := validateCommonFields(obj, old, strategy)
	must(err)
	return append(errs, strategy.ValidateUpdate(ctx, obj, old)...)
}

//go:linkname validateCommonFields k8s.io/apiserver/pkg/registry/rest.validateCommonFields
func validateCommonFields(obj, old runtime.Object, strategy rest.RESTUpdateStrategy) (field.ErrorList, error)
